/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Columns and rows of the terminal behind standard output, as they are now; 80 and 24
 * where it does not say.
 */
void terminal_size(int *ret_width, int *ret_height);

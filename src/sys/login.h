/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who is at the keyboard: the name of the login uid, which stays through su and sudo;
 * else SUDO_USER; else the name of the real uid. NULL: unknown. The caller frees it.
 */
char *login_name(void);

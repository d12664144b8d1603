/* SPDX-License-Identifier: MIT */
#include "sys/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

void terminal_size(int *ret_width, int *ret_height)
{
	struct winsize size = { 0 };

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*ret_width = size.ws_col > 0 ? size.ws_col : 80;
	*ret_height = size.ws_row > 0 ? size.ws_row : 24;
}

/* SPDX-License-Identifier: MIT */
/* bare: the bare loop as a command, linked to nothing but libc. Prints the number. */
#include <inttypes.h>
#include <stdio.h>

#include "bench/bare.h"

int main(void)
{
	printf("%" PRIu64 "\n", bare_count());
	return 0;
}

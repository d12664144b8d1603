/* SPDX-License-Identifier: MIT */
#include "base/num.h"

#include <string.h>

bool num_parse_n(const char *s, size_t n, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = n > 0 && s[0] == '-';
	size_t i = negative;
	int64_t v = 0;

	if (i == n || (s[i] == '0' && (n - i > 1 || negative)))
		return false;
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, s[i] - '0', &v))
			return false;
	}
	/* gathered as a negative number, so that INT64_MIN fits */
	if (!negative && __builtin_sub_overflow((int64_t)0, v, &v))
		return false;
	if (v < min || v > max)
		return false;
	*ret = v;
	return true;
}

bool num_parse(const char *s, int64_t min, int64_t max, int64_t *ret)
{
	return num_parse_n(s, strlen(s), min, max, ret);
}

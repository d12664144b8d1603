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

bool num_parse_thousandths(const char *s, int64_t min, int64_t max, int64_t *ret)
{
	size_t n = strcspn(s, "."), n_behind = s[n] ? strlen(s + n + 1) : 0;
	int64_t v, part = 100;

	if (!num_parse_n(s, n, 0, INT64_MAX / 1000 - 1, &v) || n_behind > 3 ||
	    (s[n] && n_behind == 0))
		return false;
	v *= 1000;
	for (size_t i = 0; i < n_behind; i++, part /= 10) {
		char digit = s[n + 1 + i];

		if (digit < '0' || digit > '9')
			return false;
		v += (digit - '0') * part;
	}
	if (v < min || v > max)
		return false;
	*ret = v;
	return true;
}

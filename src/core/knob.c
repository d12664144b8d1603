/* SPDX-License-Identifier: MIT */
#include "core/knob.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "core/ports.h"

bool knob_parse_range(const char *value, int64_t *ret_low, int64_t *ret_high)
{
	const char *blank = strchr(value, ' ');
	int64_t low, high;

	if (!blank || !num_parse_n(value, (size_t)(blank - value), 0, UINT16_MAX, &low) ||
	    !num_parse(blank + 1, 0, UINT16_MAX, &high))
		return false;
	*ret_low = low;
	*ret_high = high;
	return true;
}

/* Exactly three: the kernel takes fewer, and changes only the first. */
bool knob_parse_vector(const char *value, int64_t *ret)
{
	int64_t n[KNOB_FIELDS];

	for (size_t i = 0; i < KNOB_FIELDS; i++) {
		size_t length = strcspn(value, " ");

		if (!num_parse_n(value, length, INT64_MIN, INT64_MAX, &n[i]) ||
		    (value[length] == '\0') != (i == KNOB_FIELDS - 1))
			return false;
		value += length + 1;
	}
	memcpy(ret, n, sizeof(n));
	return true;
}

static int knob_check_number(const struct knob *k, const char *value, struct err *e)
{
	int64_t n;

	if (!num_parse(value, INT64_MIN, INT64_MAX, &n))
		return err_set(e, EINVAL, "'%s' is not a number in plain decimal", value);
	if (n < k->kernel_min || n > k->kernel_max)
		return err_set(e, EINVAL,
			       "%s is outside %" PRId64 " to %" PRId64
			       ", the most that any kernel accepts",
			       value, k->kernel_min, k->kernel_max);
	return 0;
}

static int knob_check_range(const char *value, struct err *e)
{
	int64_t low, high;

	if (!knob_parse_range(value, &low, &high) || low < 1)
		return err_set(e, EINVAL,
			       "'%s' is not two ports, the lowest and the highest",
			       value);
	if (low > high)
		return err_set(e, EINVAL,
			       "the low port %" PRId64 " is above the high port %" PRId64,
			       low, high);
	return 0;
}

static int knob_check_vector(const struct knob *k, const char *value, struct err *e)
{
	int64_t n[KNOB_FIELDS];

	if (!knob_parse_vector(value, n))
		return err_set(e, EINVAL, "'%s' is not three numbers in plain decimal",
			       value);
	for (size_t i = 0; i < KNOB_FIELDS; i++)
		if (n[i] < k->kernel_min || n[i] > k->kernel_max)
			return err_set(e, EINVAL,
				       "%" PRId64 " is outside %" PRId64 " to %" PRId64
				       ", the most that any kernel accepts",
				       n[i], k->kernel_min, k->kernel_max);
	return 0;
}

static int knob_check_word(const char *value, struct err *e)
{
	size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	if (n > 0 && n <= KNOB_WORD_MAX && value[n] == '\0' &&
	    isalpha((unsigned char)value[0]))
		return 0;
	return err_set(e, EINVAL, "'%s' is not a name as the kernel writes them", value);
}

int knob_check(const struct knob *k, const char *value, struct err *e)
{
	struct port_set ports = { 0 };

	switch (k->shape) {
	case KNOB_NUMBER:
		return knob_check_number(k, value, e);
	case KNOB_RANGE:
		return knob_check_range(value, e);
	case KNOB_PORTS:
		if (!ports_parse(&ports, value))
			return err_set(e, EINVAL,
				       "'%s' is not a list of ports as in 8080,9000-9010",
				       value);
		return 0;
	case KNOB_VECTOR:
		return knob_check_vector(k, value, e);
	case KNOB_WORD:
		return knob_check_word(value, e);
	}
	return err_set(e, EINVAL, "a knob without a shape");
}

bool knob_equal(const struct knob *k, const char *a, const char *b)
{
	struct port_set set_a = { 0 }, set_b = { 0 };

	/* the kernel prints numbers and ranges in one way only; a list it sorts and joins
	 */
	if (k && k->shape == KNOB_PORTS && ports_parse(&set_a, a) &&
	    ports_parse(&set_b, b))
		return memcmp(&set_a, &set_b, sizeof(set_a)) == 0;
	return strcmp(a, b) == 0;
}

static int64_t divide_up(int64_t n, int64_t by)
{
	return (n + by - 1) / by;
}

bool knob_holds(const struct knob *k, const char *given, const char *reading)
{
	/* CONFIG_HZ (kernel/Kconfig.hz); to ticks and back, each by proc_dointvec_ms_jiffies() */
	static const int64_t ticks_per_second[] = { 1000, 300, 250, 100 };
	int64_t n, have;

	if (knob_equal(k, given, reading))
		return true;
	if (!k || !k->is_in_ticks || !num_parse(given, 0, INT32_MAX, &n) ||
	    !num_parse(reading, 0, INT64_MAX, &have))
		return false;
	for (size_t i = 0; i < sizeof(ticks_per_second) / sizeof(ticks_per_second[0]);
	     i++) {
		int64_t ticks = divide_up(n * ticks_per_second[i], 1000);

		if (have == divide_up(ticks * 1000, ticks_per_second[i]))
			return true;
	}
	return false;
}

void knob_normalise(char *value)
{
	char *out = value;

	for (const char *p = value; *p; p++) {
		if (!isspace((unsigned char)*p))
			*out++ = *p;
		else if (out > value && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > value && out[-1] == ' ')
		out--;
	*out = '\0';
}

static char knob_swap(char c)
{
	return c == '.' ? '/' : c == '/' ? '.' : c;
}

/* "", "." and ".." are no names of files below /proc/sys */
static bool knob_path_is_plain(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (path[n] == '\0')
			return true;
		path += n + 1;
	}
}

int knob_path(const char *key, char *path, struct err *e)
{
	char swapped[KNOB_KEY_MAX];
	size_t n = strlen(key), first = strcspn(key, "./");

	if (n == 0 || n >= KNOB_KEY_MAX)
		return err_set(e, EINVAL, "key '%.40s%s' is %s", key, n > 40 ? "..." : "",
			       n ? "too long" : "empty");
	if (key[first] == '/')
		return err_set(e, EINVAL,
			       "key '%s' is a path; write it with dots, as in "
			       "net.ipv4.tcp_fin_timeout",
			       key);
	for (size_t i = 0; i <= n; i++) {
		if (key[i] && !isalnum((unsigned char)key[i]) &&
		    !strchr("._-/@:", key[i]))
			return err_set(e, EINVAL,
				       "key '%s' has a character no sysctl has", key);
		swapped[i] = knob_swap(key[i]);
	}
	if (key[first] == '\0' || !knob_path_is_plain(swapped))
		return err_set(e, EINVAL, "key '%s' is not the name of a sysctl", key);
	if (path)
		memcpy(path, swapped, n + 1);
	return 0;
}

const char *knob_group_name(enum knob_group group)
{
	static const char *const names[KNOB_GROUPS] = {
		[KNOB_GROUP_CLOSING] = "closing",
		[KNOB_GROUP_TIMERS] = "timers",
		[KNOB_GROUP_LISTENING] = "listening",
		[KNOB_GROUP_PORTS] = "ports",
		[KNOB_GROUP_MEMORY] = "memory",
		[KNOB_GROUP_QUEUES] = "tables and queues",
		[KNOB_GROUP_FEATURES] = "features",
		[KNOB_GROUP_CONNTRACK] = "conntrack",
		[KNOB_GROUP_DESCRIPTORS] = "descriptors",
		[KNOB_GROUP_GONE] = "removed, or a vendor's",
	};

	return names[group];
}

const char *knob_risk_name(enum knob_risk risk)
{
	static const char *const names[] = {
		[KNOB_HARMLESS] = "none",
		[KNOB_CAUTION] = "caution",
		[KNOB_DANGER] = "danger",
	};

	return names[risk];
}

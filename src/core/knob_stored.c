/* SPDX-License-Identifier: MIT */
/* What the kernel makes of a text: kernel/sysctl.c of Linux 6.18, measured there and on 6.1. */
#include "core/knob.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/ports.h"

enum {
	WRITE_MAX = 4095,	   /* PAGE_SIZE - 1: the rest waits for another write */
	COUNT_MAX = (4 << 20) - 1, /* KMALLOC_MAX_SIZE: more is refused unseen */
	DIGITS_MAX = 21,	   /* TMPBUFLEN - 1 of proc_get_long() */
	NUMBERS_MAX = 4,
};

/* What is left of a write. */
struct scan {
	const char *at;
	size_t left;
};

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* strtoul_lenient(p, &p, 0, &val); the bytes read, 0: too big. */
static size_t scan_digits(const char *s, size_t n, uint64_t *ret)
{
	uint64_t base = 10, sum = 0;
	size_t i = 0;

	if (s[0] == '0') {
		base = 8;
		if (n > 2 && (s[1] | 0x20) == 'x' && digit_of(s[2]) < 16) {
			base = 16;
			i = 2;
		}
	}
	for (; i < n && (uint64_t)digit_of(s[i]) < base; i++) {
		uint64_t digit = (uint64_t)digit_of(s[i]);

		if (sum > (UINT64_MAX - digit) / base)
			return 0;
		sum = sum * base + digit;
	}
	*ret = sum;
	return i;
}

/* proc_get_long(): a number with one of `ends` behind it, or with nothing. */
static bool scan_number(struct scan *s, const char *ends, bool *ret_minus, uint64_t *ret)
{
	size_t n = s->left < DIGITS_MAX ? s->left : DIGITS_MAX, sign, digits;

	sign = s->left > 1 && *s->at == '-';
	if (n <= sign || !isdigit((unsigned char)s->at[sign]))
		return false;
	digits = scan_digits(s->at + sign, n - sign, ret);
	if (digits == 0 || sign + digits == DIGITS_MAX)
		return false;
	if (sign + digits < s->left && !strchr(ends, s->at[sign + digits]))
		return false;
	*ret_minus = sign;
	s->at += sign + digits;
	s->left -= sign + digits;
	return true;
}

static void skip_blanks(struct scan *s)
{
	while (s->left && isspace((unsigned char)*s->at)) {
		s->at++;
		s->left--;
	}
}

/*
 * The range is that of the most liberal kernel: no file tells the one of the running kernel
 * (tcp_ecn: 0 to 255 in Linux 5.10, 0 to 2 on 6.18, more with accurate ECN).
 */
static bool is_in_range(const struct knob *k, bool minus, uint64_t n, int64_t *ret)
{
	/* a byte and an unsigned int (proc_douintvec()) have no sign, and so no "-0" either */
	bool is_unsigned = k->kernel_min >= 0 &&
			   (k->kernel_max <= UINT8_MAX || k->kernel_max == UINT32_MAX);

	if (n > INT64_MAX || (minus && is_unsigned))
		return false;
	*ret = minus ? -(int64_t)n : (int64_t)n;
	return *ret >= k->kernel_min && *ret <= k->kernel_max;
}

/*
 * do_proc_dointvec(): up to `n` numbers, each stored as soon as it is read; what stands
 * behind the last is ignored. How many were stored; *ret_refused: all the same an error.
 */
static size_t scan_numbers(const struct knob *k, struct scan s, int64_t *at, size_t n,
			   bool *ret_refused)
{
	size_t i = 0;

	*ret_refused = true;
	for (; i < n; i++) {
		uint64_t number;
		bool minus;

		skip_blanks(&s);
		if (!s.left)
			break;
		if (!scan_number(&s, " \t\n", &minus, &number) ||
		    !is_in_range(k, minus, number, &at[i]))
			return i;
	}
	*ret_refused = i == 0;
	return i;
}

/* The numbers of a value as the kernel prints it. */
static size_t numbers_of(const char *value, int64_t *at, size_t n)
{
	size_t i = 0;
	int used;

	while (value && i < n && sscanf(value, "%" SCNd64 "%n", &at[i], &used) == 1) {
		value += used;
		i++;
	}
	return i;
}

static void format_numbers(struct text *t, const int64_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_add(t, i ? " %" PRId64 : "%" PRId64, at[i]);
}

/* `is_whole`: one number out of range leaves all as they were. */
static void store_numbers(const struct knob *k, struct scan s, const char *before,
			  size_t fields, bool is_whole, struct knob_store *ret)
{
	int64_t now[NUMBERS_MAX], new[NUMBERS_MAX];
	size_t known = numbers_of(before, now, fields), n;

	n = scan_numbers(k, s, new, fields, &ret->is_refused);
	if (ret->is_refused && (is_whole || n == 0))
		return;
	memcpy(now, new, n * sizeof(now[0]));
	n = known > n ? known : n;
	if (k->shape == KNOB_RANGE && n == 2 && now[0] > now[1]) {
		ret->is_refused = true;
		return;
	}
	ret->is_changed = true;
	format_numbers(&ret->value, now, n);
}

static void skip_newlines(struct scan *s)
{
	while (s->left && *s->at == '\n') {
		s->at++;
		s->left--;
	}
}

/* A number and what ends it, which goes to *ret_end; NUL: nothing does. */
static bool scan_port(struct scan *s, const char *ends, uint64_t *ret, char *ret_end)
{
	bool minus;

	if (!scan_number(s, ends, &minus, ret) || minus || *ret > UINT16_MAX)
		return false;
	*ret_end = s->left ? *s->at : '\0';
	return true;
}

static void skip_one(struct scan *s)
{
	if (s->left) {
		s->at++;
		s->left--;
	}
}

/* What one write brings to a list of ports. */
enum item { ITEM_TAKEN, ITEM_CUT, ITEM_REFUSED };

/* The next port or range. `has_more`: its end may be in the write that follows. */
static enum item scan_item(struct scan *s, bool has_more, struct port_set *ports)
{
	uint64_t low, high;
	char end;

	if (!scan_port(s, "-,\n", &low, &end))
		return ITEM_REFUSED;
	if (has_more && s->left <= 1)
		return ITEM_CUT;
	high = low;
	skip_one(s);
	if (end == '-') {
		if (!scan_port(s, ",\n", &high, &end) || low > high)
			return ITEM_REFUSED;
		if (has_more && !s->left)
			return ITEM_CUT;
		skip_one(s);
	}
	for (uint64_t port = low; port <= high; port++)
		ports_add(ports, (uint16_t)port);
	return ITEM_TAKEN;
}

/* One pass of proc_do_large_bitmap(): false where it is refused. */
static bool scan_ports(struct scan *s, bool has_more, struct port_set *ports)
{
	skip_newlines(s);
	while (s->left) {
		struct scan start = *s;
		enum item item = scan_item(s, has_more, ports);

		if (item == ITEM_CUT)
			*s = start;
		if (item != ITEM_TAKEN)
			return item == ITEM_CUT;
		skip_newlines(s);
	}
	return true;
}

static int store_ports(struct scan whole, enum knob_writer writer, struct knob_store *ret)
{
	struct port_set *all = calloc(1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	while (whole.left) {
		size_t n = whole.left > WRITE_MAX ? WRITE_MAX : whole.left, taken;
		struct scan pass = { whole.at, n };
		struct port_set more = { 0 };

		ret->is_refused = !scan_ports(&pass, n < whole.left, &more);
		taken = n - pass.left;
		if (ret->is_refused || taken == 0)
			break;
		for (size_t i = 0; i < 1024; i++)
			all->bits[i] |= more.bits[i];
		ret->is_changed = true;
		whole.at += taken;
		whole.left -= taken;
		if (writer == KNOB_WRITTEN_ONCE)
			break;
	}
	if (ret->is_changed)
		ports_format(all, &ret->value);
	free(all);
	return 0;
}

/*
 * proc_dostring(): up to the newline. Whether the kernel has one of that name, the caller may
 * know (boot_tree_has_control()).
 */
static int store_word(const struct knob *k, struct scan s, struct knob_store *ret)
{
	size_t n = strcspn(s.at, "\n");

	text_add_bytes(&ret->value, s.at, n < s.left ? n : s.left);
	if (ret->value.broken)
		return -ENOMEM;
	ret->is_changed = ret->value.at && knob_check(k, ret->value.at, NULL) == 0;
	/* an empty write changes nothing */
	ret->is_refused = !ret->is_changed && n > 0;
	if (!ret->is_changed) {
		text_done(&ret->value);
		ret->value = (struct text){ 0 };
	}
	return 0;
}

static int store(const struct knob *k, struct scan s, const char *before,
		 enum knob_writer writer, struct knob_store *ret)
{
	struct scan first = { s.at, s.left < WRITE_MAX ? s.left : WRITE_MAX };

	if (s.left > COUNT_MAX) {
		ret->is_refused = true;
		return 0;
	}
	switch (k->shape) {
	case KNOB_NUMBER:
		store_numbers(k, first, before, 1, true, ret);
		return 0;
	case KNOB_RANGE:
		/* ipv4_local_port_range() takes both or none */
		store_numbers(k, first, before, 2, true, ret);
		return 0;
	case KNOB_PORTS:
		return store_ports(s, writer, ret);
	case KNOB_VECTOR:
		store_numbers(k, first, before, KNOB_FIELDS, false, ret);
		return 0;
	case KNOB_WORD:
		return store_word(k, s, ret);
	}
	ret->is_refused = true;
	return 0;
}

int knob_stored(const struct knob *k, const char *text, const char *before,
		enum knob_writer writer, struct knob_store *ret)
{
	own_text struct text line = { 0 };
	int r;

	*ret = (struct knob_store){ 0 };
	text_add_bytes(&line, text, strlen(text));
	text_add_bytes(&line, "\n", 1);
	if (line.broken)
		return -ENOMEM;
	r = store(k, (struct scan){ line.at, line.n }, before, writer, ret);
	if (r == 0 && !ret->is_changed && before)
		text_add_bytes(&ret->value, before, strlen(before));
	if (r == 0 && ret->value.broken)
		r = -ENOMEM;
	if (r < 0)
		text_done(&ret->value);
	return r;
}

/* SPDX-License-Identifier: MIT */
#include "core/record.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/*
 * CRC-32 as in zlib and IEEE 802.3, a byte at a time: what the low and the high half of one
 * become after eight steps of the polynomial 0xedb88320. Reading a long journal is mostly
 * this.
 */
static uint32_t crc32(const char *bytes, size_t n)
{
	static const uint32_t low[16] = {
		0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419, 0x706af48f,
		0xe963a535, 0x9e6495a3, 0x0edb8832, 0x79dcb8a4, 0xe0d5e91e, 0x97d2d988,
		0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91,
	};
	static const uint32_t high[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		uint32_t byte = (crc ^ (uint8_t)bytes[i]) & 0xff;

		crc = crc >> 8 ^ low[byte & 15] ^ high[byte >> 4];
	}
	return ~crc;
}

static const char SEAL[] = " crc=";
enum { SEAL_SIZE = sizeof(SEAL) - 1 + 8 };

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool record_is_sealed(const char *line, size_t n)
{
	const char *seal;
	uint32_t crc;

	if (n <= SEAL_SIZE)
		return false;
	seal = line + n - SEAL_SIZE;
	if (memcmp(seal, SEAL, sizeof(SEAL) - 1) != 0)
		return false;
	crc = crc32(line, n - SEAL_SIZE);
	for (size_t i = sizeof(SEAL) - 1; i < SEAL_SIZE; i++, crc <<= 4)
		if (hex_digit(seal[i]) != (int)(crc >> 28))
			return false;
	return true;
}

/*
 * Unquotes in place from behind the opening quote; returns behind the closing one, or
 * NULL.
 */
static char *unquote(char *p)
{
	char *out = p;

	for (; *p && *p != '"'; p++) {
		if (*p != '\\') {
			*out++ = *p;
		} else if (p[1] == 'x' && hex_digit(p[2]) >= 0 && hex_digit(p[3]) >= 0) {
			*out++ = (char)(hex_digit(p[2]) << 4 | hex_digit(p[3]));
			p += 3;
		} else if (p[1] == '"' || p[1] == '\\') {
			*out++ = *++p;
		} else {
			return NULL;
		}
	}
	if (*p != '"')
		return NULL;
	*out = '\0';
	return p + 1;
}

/* Cuts "name=value" off the front of p; returns behind it, or NULL. */
static char *record_parse_field(struct record *r, char *p)
{
	char *equals = p + strcspn(p, " =\"");
	char *end;

	if (*equals != '=' || equals == p || r->n_fields == RECORD_FIELDS_MAX)
		return NULL;
	*equals = '\0';
	r->fields[r->n_fields].name = p;
	r->fields[r->n_fields].value = equals[1] == '"' ? equals + 2 : equals + 1;
	r->n_fields++;

	end = equals[1] == '"' ? unquote(equals + 2)
			       : equals + 1 + strcspn(equals + 1, " ");
	if (!end || (*end && *end != ' '))
		return NULL;
	if (*end)
		*end++ = '\0';
	return end;
}

int record_parse(struct record *r, const char *line, size_t n)
{
	char *p;

	*r = (struct record){ 0 };
	if (memchr(line, '\0', n) || !record_is_sealed(line, n))
		return -EBADMSG;
	r->line = strndup(line, n - SEAL_SIZE);
	if (!r->line)
		return -ENOMEM;
	if (strncmp(r->line, "1 ", 2) != 0)
		return -EBADMSG;
	p = r->line + 2;
	r->kind = p;
	p += strcspn(p, " ");
	if (*p)
		*p++ = '\0';
	while (p && *p)
		p = record_parse_field(r, p);
	return p ? 0 : -EBADMSG;
}

const char *record_get(const struct record *r, const char *name)
{
	for (size_t i = 0; i < r->n_fields; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return r->fields[i].value;
	return "";
}

void record_done(struct record *r)
{
	free(r->line);
	*r = (struct record){ 0 };
}

void record_add(struct text *t, const char *name, const char *value)
{
	bool is_plain = value[0] != '\0';

	for (const char *p = value; *p && is_plain; p++)
		is_plain = isgraph((unsigned char)*p) && !strchr("\"\\=", *p);
	text_add(t, " %s=%s", name, is_plain ? value : "\"");
	if (is_plain)
		return;
	for (const char *p = value; *p; p++) {
		if (*p == '"' || *p == '\\')
			text_add(t, "\\%c", *p);
		else if ((unsigned char)*p < 0x20 || *p == 0x7f)
			text_add(t, "\\x%02x", (unsigned char)*p);
		else
			text_add_bytes(t, p, 1);
	}
	text_add_bytes(t, "\"", 1);
}

void record_seal(struct text *t, size_t start)
{
	if (t->at)
		text_add(t, "%s%08x\n", SEAL, crc32(t->at + start, t->n - start));
}

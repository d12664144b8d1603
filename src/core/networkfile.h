/* SPDX-License-Identifier: MIT */
/*
 * systemd.network(5) and networkd.conf(5), as far as they tell which sysctls systemd-networkd
 * writes (src/network/networkd-sysctl.c of systemd 252 and 258).
 */
#pragma once

#include <stdbool.h>

#include "core/names.h"

/* A .network file with its drop-ins. Starts as { 0 }. */
struct network_file {
	struct names interfaces; /* of Name=, patterns allowed */
	struct names settings;	 /* "Setting=value" of those that cause a write */
	bool is_unmanaged;
};

/* Reads a file or a drop-in into it. */
void network_file_add(struct network_file *file, struct span text);

/*
 * The sysctls written for the interfaces it matches; for those it matches in another way than
 * by name, '*' stands in the key. Some are written whatever the file says. What an interface
 * is set up for is not judged.
 */
void network_file_keys(const struct network_file *file, struct names *to);

/* Of networkd.conf: those for all interfaces. */
void network_conf_keys(const struct network_file *conf, struct names *to);

bool network_line_counts(struct span line, bool is_public);

void network_file_done(struct network_file *file);

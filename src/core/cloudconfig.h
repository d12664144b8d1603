/* SPDX-License-Identifier: MIT */
/*
 * cloud-init's configuration and user data, as far as their text shows which sysctls they
 * write: a call of sysctl(8) with KEY=VALUE, something sent to a file below /proc/sys, and
 * write_files: of a file that sysctl(8) reads at boot. What is packed (gzip, base64, a part
 * fetched from elsewhere) is not seen.
 */
#pragma once

#include <stdbool.h>

#include "core/names.h"

struct text;

void cloud_keys(struct span text, struct names *to);

/*
 * What a recording holds instead of such a text, in which passwords may stand: lines that
 * cloud_keys() reads to the same keys. `is_public`: without those of an interface.
 */
void cloud_redact(struct text *to, struct span text, bool is_public);

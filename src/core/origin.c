/* SPDX-License-Identifier: MIT */
#include "core/origin.h"

#include <stddef.h>

#include "core/boot.h"
#include "core/knob.h"

/* The file that leaves this value; of two engines the one that a boot runs. */
static const struct boot_value *file_of(const struct knob *k, const char *value,
					const struct boot_value *boot)
{
	static const enum boot_engine order[] = { BOOT_SYSTEMD, BOOT_PROCPS };

	for (size_t i = 0; boot && i < BOOT_ENGINES; i++) {
		const struct boot_value *b = &boot[order[i]];

		if (b->value && b->file && knob_holds(k, b->value, value))
			return b;
	}
	return NULL;
}

struct origin origin_find(const struct knob *k, const char *value,
			  const struct origin_facts *facts)
{
	const struct boot_value *b = file_of(k, value, facts->boot);

	if (facts->applied && knob_holds(k, facts->applied, value))
		return (struct origin){ .kind = ORIGIN_FINWAIT,
					.transaction = facts->transaction };
	if (b)
		return (struct origin){ .kind = ORIGIN_FILE,
					.file = b->file,
					.line = b->line };
	if (facts->is_default)
		return (struct origin){ .kind = ORIGIN_DEFAULT };
	if (facts->is_default_known)
		return (struct origin){ .kind = ORIGIN_RUNTIME };
	return (struct origin){ .kind = ORIGIN_UNKNOWN };
}

const char *origin_kind_name(enum origin_kind kind)
{
	static const char *const names[] = {
		[ORIGIN_DEFAULT] = "default", [ORIGIN_FILE] = "file",
		[ORIGIN_FINWAIT] = "finwait", [ORIGIN_RUNTIME] = "runtime",
		[ORIGIN_UNKNOWN] = "unknown",
	};

	return names[kind];
}

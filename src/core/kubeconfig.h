/* SPDX-License-Identifier: MIT */
/*
 * The configuration of a Kubernetes node's agents, as far as it tells which sysctls they
 * write: YAML or JSON with one setting a line, or the options in a pod's manifest. Options
 * that only a unit passes to kubelet are not seen.
 */
#pragma once

#include <stdbool.h>

#include "core/names.h"

struct kubelet_config {
	/* it stops where a value differs instead of writing it (protectKernelDefaults) */
	bool protects;
	/* patterns that a pod may set besides the safe ones (allowedUnsafeSysctls) */
	struct names unsafe;
};

void kubelet_parse(struct span text, struct kubelet_config *ret);

/* What kubelet writes for the host (pkg/kubelet/cm, setupKernelTunables()). */
void kubelet_keys(const struct kubelet_config *config, struct names *to);

/* What a pod may have written in its own namespaces: the safe ones, and those allowed. */
void kubelet_pod_keys(const struct kubelet_config *config, struct names *to);

/*
 * What kube-proxy writes (cmd/kube-proxy/app, pkg/proxy). `text`: its configuration, or a
 * manifest with its options; empty: as it does by default.
 */
void kube_proxy_keys(struct span text, struct names *to);

bool kubelet_line_counts(struct span line);
bool kube_proxy_line_counts(struct span line);

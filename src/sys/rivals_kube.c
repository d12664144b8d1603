/* SPDX-License-Identifier: MIT */
/* The agents of a Kubernetes node. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "core/kubeconfig.h"
#include "sys/search.h"

/* What was found of a program's configuration. */
struct found {
	char path[SEARCH_PATH_MAX];
	char *text; /* owned */
	size_t n;
	int failed;
};

static void found_done(struct found *f)
{
	free(f->text);
}

/* The first of the files that is there. 1, 0 or -ENOMEM. */
static int find_config(struct search *s, const char *const *paths, enum rival_file kind,
		       struct found *ret)
{
	for (; *paths; paths++) {
		int r = search_read(s, *paths, kind, &ret->text, &ret->n);

		if (r == -ENOENT)
			continue;
		snprintf(ret->path, sizeof(ret->path), "%s", *paths);
		ret->failed = r;
		return r == -ENOMEM ? r : 1;
	}
	return 0;
}

/* By its unit, where it has no configuration that can be read. */
static int find_unit(struct search *s, const char *unit, struct found *ret)
{
	char path[SEARCH_PATH_MAX];
	int r = search_unit(s, unit, path);

	if (r == 1 && !ret->path[0])
		snprintf(ret->path, sizeof(ret->path), "%s", path);
	return r;
}

static int add(struct search *s, const char *name, const struct found *f,
	       const char *detail, bool in_pods, struct names *keys)
{
	struct rival *m = keys->n || f->failed ? rivals_add(s->to, name, f->path) : NULL;

	if (!m)
		return keys->n || f->failed ? -ENOMEM : 0;
	snprintf(m->detail, sizeof(m->detail), "%s", detail);
	m->in_pods = in_pods;
	if (f->failed)
		rival_fail(m, "cannot read '/%s': %s", f->path, strerror(-f->failed));
	return rival_take_keys(m, keys);
}

/* 1: there is a kubelet, *f shows it; 0; -ENOMEM. */
static int add_kubelet(struct search *s, struct found *f)
{
	static const char *const paths[] = { "var/lib/kubelet/config.yaml",
					     "etc/kubernetes/kubelet/config.json",
					     "etc/kubernetes/kubelet/kubelet-config.json",
					     NULL };
	own_names struct names keys = { 0 }, pod_keys = { 0 };
	struct kubelet_config config = { 0 };
	int r = find_config(s, paths, RIVAL_KUBELET, f), unit;

	if (r < 0)
		return r;
	unit = find_unit(s, "kubelet.service", f);
	if (unit < 0 || (unit == 0 && r == 0))
		return unit;
	if (f->text)
		kubelet_parse((struct span){ f->text, f->n }, &config);
	kubelet_keys(&config, &keys);
	kubelet_pod_keys(&config, &pod_keys);
	names_done(&config.unsafe);
	r = add(s, "kubelet", f, "", false, &keys);
	if (r == 0)
		r = add(s, "kubelet", f, "for a pod that asks for it", true, &pod_keys);
	return r < 0 ? r : 1;
}

static int add_proxy(struct search *s, const struct found *kubelet)
{
	static const char *const paths[] = {
		"var/lib/kube-proxy/config.conf",
		"var/lib/kube-proxy/config.yaml",
		"var/lib/kube-proxy-config/config",
		"etc/kubernetes/manifests/kube-proxy.yaml",
		"etc/kubernetes/manifests/kube-proxy.manifest",
		NULL
	};
	__attribute__((cleanup(found_done))) struct found f = { 0 };
	own_names struct names keys = { 0 };
	const char *detail = "";
	int r = find_config(s, paths, RIVAL_KUBE_PROXY, &f);

	if (r == 0)
		r = find_unit(s, "kube-proxy.service", &f);
	/* as kubeadm sets it up: its configuration is in the cluster, not in a file */
	if (r == 0 && kubelet) {
		snprintf(f.path, sizeof(f.path), "%s", kubelet->path);
		detail = "as it is by default, if this cluster runs it";
		r = 1;
	}
	if (r <= 0)
		return r;
	kube_proxy_keys((struct span){ f.text ? f.text : "", f.n }, &keys);
	return add(s, "kube-proxy", &f, detail, false, &keys);
}

int rivals_read_kube(struct search *s)
{
	__attribute__((cleanup(found_done))) struct found kubelet = { 0 };
	int r = add_kubelet(s, &kubelet);

	return r < 0 ? r : add_proxy(s, r ? &kubelet : NULL);
}

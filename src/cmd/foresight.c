/* SPDX-License-Identifier: MIT */
#include "cmd/foresight.h"

#include <errno.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "core/plan.h"
#include "sys/slab.h"

/* A census of the sockets; where there can be none, its reason is what there is. */
static void read_all(const struct machine *m, struct snapshot *s)
{
	struct err why = { 0 };

	machine_identify(m, &s->host);
	if (machine_read_more(m, MACHINE_SOCKETS, s, &why) < 0) {
		s->has_census = false;
		snapshot_add_unanswered(s, "sockets", "%s", why.text);
	}
	(void)machine_read_more(
		m, MACHINE_KNOBS | MACHINE_CATALOGUE | MACHINE_SOCKSTAT | MACHINE_USAGE,
		s, &why);
}

int foresight_take(const struct app *app, const struct plan *plan, struct foresight *ret,
		   struct err *e)
{
	*ret = (struct foresight){ 0 };
	if (!plan_has_work(plan))
		return 0;
	read_all(&app->machine, &ret->now);
	slab_read(app->machine.root_fd, &ret->sizes);
	return predict(plan, &ret->now, &ret->sizes, &ret->predictions) < 0
		       ? err_errno(e, ENOMEM, "cannot predict what the changes do")
		       : 0;
}

void foresight_done(struct foresight *o)
{
	predictions_done(&o->predictions);
	snapshot_done(&o->now);
}

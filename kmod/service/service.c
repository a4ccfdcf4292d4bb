// SPDX-License-Identifier: GPL-2.0
/*
 * Services: how all that belongs to one comes and goes.
 */
#include <linux/export.h>
#include <linux/module.h>
#include "../binding/binding.h"
#include "../capability/tree.h"
#include "../name/interface.h"

/* At the end of a list that is full there is no NULL. */
#define for_each_of(ITEM, LIST)						\
	for ((ITEM) = (LIST);						\
	     (ITEM) < (LIST) + ARRAY_SIZE(LIST) && *(ITEM); (ITEM)++)

/* What the BPF core is told, and forgets by itself with the module. */
static int service_enroll(struct spin_service *service, struct module *owner)
{
	const struct spin_kfunc_table **table = service->interface.kfuncs;
	const struct spin_event_type **type;
	int err;

	for_each_of(type, service->events) {
		err = (*type)->enroll();
		if (err)
			return err;
	}
	/* It takes one set of a module: of this one spin_kfuncs_init() makes it. */
	if (owner == THIS_MODULE || !table[0])
		return 0;
	if (table[1])
		return -EINVAL;
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS,
					 &table[0]->set);
}

static void kinds_unregister(struct spin_service *service,
			     const struct spin_capability_type **end)
{
	while (end-- > service->kinds)
		spin_capability_unregister(*end);
}

static int kinds_register(struct spin_service *service)
{
	const struct spin_capability_type **kind;
	int err;

	for_each_of(kind, service->kinds) {
		err = spin_capability_register(*kind);
		if (err) {
			kinds_unregister(service, kind);
			return err;
		}
	}
	return 0;
}

static void events_unregister(struct spin_service *service,
			      const struct spin_event_type **end)
{
	while (end-- > service->events)
		spin_event_unregister((*end)->event);
}

static int events_register(struct spin_service *service, struct module *owner)
{
	const struct spin_event_type **type;
	int err;

	for_each_of(type, service->events) {
		err = spin_event_register((*type)->event, owner);
		if (err) {
			events_unregister(service, type);
			return err;
		}
	}
	return 0;
}

static void kinds_unregister_all(struct spin_service *service)
{
	const struct spin_capability_type **kind;

	for_each_of(kind, service->kinds)
		;
	kinds_unregister(service, kind);
}

static void events_unregister_all(struct spin_service *service)
{
	const struct spin_event_type **type;

	for_each_of(type, service->events)
		;
	events_unregister(service, type);
}

/**
 * __spin_service_register - make all of a service, by spin_service_register()
 * @service: what belongs to it; must live until it is unregistered
 * @owner: the module that defines it
 *
 * At module init, once: what the BPF core is told of it ends with the module only.
 * The interface is made last but for @service->start: until it is there nobody can
 * import it, and so nobody can handle the events. A module other than spin.ko
 * has one service with kernel functions, and these in one table.
 *
 * Returns 0; what failed is undone: the error of @service->init or @service->start,
 * of the BPF core, or as spin_capability_register(), spin_event_register() and
 * spin_interface_register() return it; -EINVAL: the functions are in several tables.
 */
int __spin_service_register(struct spin_service *service, struct module *owner)
{
	int err;

	err = service_enroll(service, owner);
	if (!err && service->init)
		err = service->init();
	if (err)
		return err;
	err = kinds_register(service);
	if (err)
		goto err_init;
	err = events_register(service, owner);
	if (err)
		goto err_kinds;
	err = spin_interface_register(&service->interface);
	if (err)
		goto err_events;
	if (service->start)
		err = service->start();
	if (err)
		goto err_interface;
	return 0;

err_interface:
	spin_interface_unregister(&service->interface);
err_events:
	events_unregister_all(service);
err_kinds:
	kinds_unregister_all(service);
err_init:
	if (service->exit)
		service->exit();
	return err;
}
EXPORT_SYMBOL_GPL(__spin_service_register);

/**
 * spin_service_unregister - take back all of a service
 * @service: registered; no extension has a binding on its events, or a program that
 *	calls its functions: these hold the module
 *
 * At module exit.
 */
void spin_service_unregister(struct spin_service *service)
{
	if (service->stop)
		service->stop();
	spin_interface_unregister(&service->interface);
	events_unregister_all(service);
	kinds_unregister_all(service);
	if (service->exit)
		service->exit();
}
EXPORT_SYMBOL_GPL(spin_service_unregister);

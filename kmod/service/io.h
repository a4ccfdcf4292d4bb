/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the io service offer to each other. */
#ifndef _SPIN_IO_H
#define _SPIN_IO_H

#include <linux/iosys-map.h>
#include <linux/skbuff.h>
#include <spin/spin.h>

/* ---- file.c ---- */

/**
 * struct spin_fragment - a piece of a file in the page cache
 * @folio: a reference is held
 * @offset: in the folio
 * @len: bytes
 */
struct spin_fragment {
	struct folio *folio;
	u32 offset;
	u32 len;
};

bool spin_file_on_disk(const struct file *file);
bool spin_file_readable(const struct file *file);
void spin_file_describe(struct file *file, char *what, size_t size);
struct spin_file;

struct spin_file *spin_file_new(struct spin_capability *found_by,
				struct spin_extension *holder,
				struct file *file, u32 rights);
s64 spin_file_size_of(const struct spin_capability *capability);
int spin_file_fragments_get(struct spin_capability *capability, u64 offset,
			    u32 len, struct spin_fragment *fragments, int max);
void spin_file_fragments_put(struct spin_fragment *fragments, int count);

/* ---- socket.c ---- */

void spin_socket_count(struct spin_capability *capability,
		       netdev_features_t features, u32 len);

/* ---- display.c: all that touches DRM ---- */

struct spin_display;
struct dma_buf;

bool spin_display_supported(void);
struct spin_display *spin_display_open(struct spin_extension *ext,
				       const struct spin_ioc_ext_grant *args,
				       struct spin_geometry *geometry,
				       struct iosys_map *map);
int spin_display_flush(struct spin_display *display);
void spin_display_describe(struct spin_display *display, char *what, size_t size);
void spin_display_close(struct spin_display *display);

#endif /* _SPIN_IO_H */

/* What is known of an image once it is open. */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "image/media.h"
#include "image/store.h"

#include <mkroot/image.h>

enum image_kind { IMAGE_FOLDER, IMAGE_TAR, IMAGE_LAYERS };

struct mkr_image {
	const char *name; /* as the user typed it */
	int fd; /* the folder (O_PATH) or the archive (O_RDONLY), or -1 */
	enum image_kind kind;
	enum image_filter filter; /* of an IMAGE_TAR */

	struct arena *arena;
	struct store store; /* of an IMAGE_LAYERS */
	struct mkr_image_layer *layers;
	enum image_filter *filters; /* one for each layer */
	size_t n_layers;
	struct mkr_image_config config;
	bool has_config;
	const char *config_text;
	size_t config_size;
	const char *machine, *variant; /* that it is wanted for: mkr_image_open_for() */
	struct mkr_image_manifest manifest;
};

#endif

# shellcheck shell=bash
# Images made by hand, beside lib.bash: an OCI layout is files named by their digests.

# put_blob LAYOUT FILE: copies it in. Prints its digest.
put_blob() {
	local hex
	mkdir -p "$1/blobs/sha256"
	hex=$(sha256sum <"$2" | cut -d' ' -f1)
	cp "$2" "$1/blobs/sha256/$hex"
	echo "sha256:$hex"
}

# blob LAYOUT DIGEST: the file.
blob() {
	echo "$1/blobs/${2/://}"
}

# descriptor LAYOUT DIGEST TYPE: JSON.
descriptor() {
	jq -cn --arg d "$2" --arg t "$3" --argjson s "$(stat -c %s "$(blob "$1" "$2")")" \
		'{mediaType: $t, digest: $d, size: $s}'
}

# put_image LAYOUT CONFIG LAYER...: config and manifest of layers, each FILE or FILE=TYPE (what follows
# "layer.v1."; default: tar). CONFIG is the JSON of "config". Prints the manifest's descriptor.
put_image() {
	local layout=$1 config=$2 layer file type digest layers='[]' diff_ids='[]' t=application/vnd.oci.image
	shift 2
	for layer; do
		file=${layer%%=*} type=tar
		[ "$file" = "$layer" ] || type=${layer#*=}
		case $type in
		*gzip) digest=$(gzip -dc "$file" | sha256sum) ;;
		*zstd) digest=$(zstd -qdc "$file" | sha256sum) ;;
		*) digest=$(sha256sum <"$file") ;;
		esac
		diff_ids=$(jq -c --arg d "sha256:${digest%% *}" '. + [$d]' <<<"$diff_ids")
		[[ $type == application/* ]] || type=$t.layer.v1.$type
		digest=$(put_blob "$layout" "$file")
		layers=$(jq -c --argjson d "$(descriptor "$layout" "$digest" "$type")" '. + [$d]' <<<"$layers")
	done
	jq -cn --argjson c "$config" --argjson d "${DIFF_IDS:-$diff_ids}" \
		'{architecture: "amd64", os: "linux", config: $c, rootfs: {type: "layers", diff_ids: $d}}' >"$layout.json"
	digest=$(put_blob "$layout" "$layout.json")
	jq -cn --argjson c "$(descriptor "$layout" "$digest" $t.config.v1+json)" --argjson l "$layers" \
		'{schemaVersion: 2, config: $c, layers: $l}' >"$layout.json"
	digest=$(put_blob "$layout" "$layout.json")
	rm "$layout.json"
	descriptor "$layout" "$digest" $t.manifest.v1+json
}

# put_index DESCRIPTOR...: JSON.
put_index() {
	jq -cs '{schemaVersion: 2, manifests: .}' <<<"$*"
}

# image LAYOUT CONFIG LAYER...: a whole layout with one image without a tag.
image() {
	mkdir -p "$1"
	put_index "$(put_image "$@")" >"$1/index.json"
	echo '{"imageLayoutVersion": "1.0.0"}' >"$1/oci-layout"
}

# tagged DESCRIPTOR TAG, for_platform DESCRIPTOR OS ARCH: JSON.
tagged() {
	jq -c --arg t "$2" '.annotations["org.opencontainers.image.ref.name"] = $t' <<<"$1"
}
for_platform() {
	jq -c --arg o "$2" --arg a "$3" '.platform = {os: $o, architecture: $a}' <<<"$1"
}

# All that can be seen of a tree, but for what may be opened in vain.
tree() {
	(cd "$1" && find . -printf '%p %y %m %U:%G %n %T@ %l\n' | sort &&
		find . -type f -exec sha256sum {} + | sort && getfattr -Rhd -m - . 2>/dev/null | grep -v ^$)
}

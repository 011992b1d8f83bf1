// Stranger checks a Countersign trail with nobody's word for it but Go's.
//
// All hashing and signature checking is done by golang.org/x/mod/sumdb/{note,tlog}. Every
// leaf hash is computed again from the entry's bytes, every hash tile of the tree is compared
// with what the entries give, and the root with the signed one. The library's own tile reader
// is not used: up to x/mod 0.39 it accepts an entry that was rewritten together with its leaf
// hash (CVE-2026-56865), and Debian's package is older than that.
//
//	go run main.go DIR VKEY
//
// VKEY is the verifier key, or the name of a file that holds it. Where the trail has changed its
// key, the notes in rotations/ are followed from VKEY on: both keys must have signed each of them,
// over the same entries. Exit codes: 0 verified, 1 not verified, 2 wrong usage.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight     = 8
	tileWidth      = 1 << tileHeight
	bundleBytesMax = tileWidth * (2 + 65535)
	noteBytesMax   = 1 << 20
)

// memory holds every hash of the tree: 64 bytes an entry.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(m)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found[i] = m[index]
	}
	return found, nil
}

// read gives the first of the named files that exists.
func read(dir string, names ...string) (data []byte, name string, err error) {
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		return data, name, err
	}
	return nil, names[0], fmt.Errorf("%s is missing", names[0])
}

// path is where a tile lies. The library puts the tile's height into the path, the trail does
// not, since it is always 8.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tile.H), "tile/", 1)
}

// forms are the names under which a tile may be found: a partial one goes when the full one
// is there.
func forms(tile tlog.Tile) []string {
	full := tile
	full.W = tileWidth
	if tile.W == tileWidth {
		return []string{path(full)}
	}
	return []string{path(tile), path(full)}
}

func unzip(data []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(reader, bundleBytesMax+1))
}

// entries reads the first width entries of a bundle.
func entries(dir string, bundle int64, width int) ([][]byte, int, error) {
	names := forms(tlog.Tile{H: tileHeight, L: -1, N: bundle, W: width})
	for i, name := range names {
		names[i] = strings.Replace(name, "tile/data/", "tile/entries/", 1)
	}
	data, name, err := read(dir, append(names, names[len(names)-1]+".gz")...)
	if err != nil {
		return nil, 0, err
	}
	size := len(data)
	if strings.HasSuffix(name, ".gz") {
		if data, err = unzip(data); err != nil {
			return nil, 0, fmt.Errorf("%s: %v", name, err)
		}
	}
	var found [][]byte
	for len(found) < width {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, 0, fmt.Errorf("%s ends within entry %d", name, bundle*tileWidth+int64(len(found)))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		found = append(found, data[2:end])
		data = data[end:]
	}
	isWhole := strings.HasSuffix(name, fmt.Sprintf(".p/%d", width)) || width == tileWidth
	if isWhole && len(data) > 0 {
		return nil, 0, fmt.Errorf("%s holds more than %d entries", name, width)
	}
	return found, size, nil
}

// signed reads a checkpoint that all of these keys have signed.
func signed(dir string, file string, keys ...string) (tlog.Tree, string, error) {
	var tree tlog.Tree
	data, name, err := read(dir, file)
	if err != nil {
		return tree, "", err
	}
	if len(data) > noteBytesMax {
		return tree, "", fmt.Errorf("%s has %d bytes", name, len(data))
	}
	origin, rest := "", ""
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return tree, "", fmt.Errorf("the verifier key: %v", err)
		}
		opened, err := note.Open(data, note.VerifierList(verifier))
		if err != nil {
			return tree, "", fmt.Errorf("%s: %v", name, err)
		}
		origin, rest, _ = strings.Cut(opened.Text, "\n")
		if origin != verifier.Name() {
			return tree, "", fmt.Errorf("%s speaks of %s, and the key is for %s", name, origin, verifier.Name())
		}
	}
	// The library's own parser asks for the origin of Go's checksum database.
	tree, err = tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	if err != nil {
		return tree, "", fmt.Errorf("%s: %v", name, err)
	}
	return tree, origin, nil
}

// rotations lists the sizes at which the trail has changed its key.
func rotations(dir string) ([]int64, error) {
	files, err := os.ReadDir(filepath.Join(dir, "rotations"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var sizes []int64
	for _, file := range files {
		if size, err := strconv.ParseInt(file.Name(), 10, 64); err == nil {
			sizes = append(sizes, size)
		}
	}
	sort.Slice(sizes, func(i, j int) bool { return sizes[i] < sizes[j] })
	return sizes, nil
}

// follow gives the key in force, and what each pair of keys from the given one on has signed.
func follow(dir string, key string) (string, []tlog.Tree, error) {
	sizes, err := rotations(dir)
	if err != nil {
		return "", nil, err
	}
	given := key
	var trees []tlog.Tree
	for _, size := range sizes {
		file := fmt.Sprintf("rotations/%d", size)
		data, _, err := read(dir, file)
		if err != nil {
			return "", nil, err
		}
		var words []string
		for _, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, "countersign/key-rotation ") {
				words = strings.Fields(line)
				break
			}
		}
		if len(words) != 6 {
			return "", nil, fmt.Errorf("%s names no keys", file)
		}
		before, after := words[4], words[5]
		if before != key && len(trees) == 0 {
			continue // The key that was given comes later, and says nothing of this.
		}
		if before != key {
			return "", nil, fmt.Errorf("%s is not of the key in force", file)
		}
		tree, _, err := signed(dir, file, before, after)
		if err != nil {
			return "", nil, err
		}
		if tree.N != size {
			return "", nil, fmt.Errorf("%s speaks of %d entries", file, tree.N)
		}
		trees = append(trees, tree)
		key = after
	}
	if key == given && len(trees) > 0 {
		return "", nil, errors.New("a key came back after its time")
	}
	return key, trees, nil
}

// recompute gives every hash of the tree over the trail's entries.
func recompute(dir string, size int64) (memory, int, error) {
	var hashes memory
	total := 0
	for index := int64(0); index < size; {
		width := tileWidth
		if size-index < tileWidth {
			width = int(size - index)
		}
		found, bytes, err := entries(dir, index/tileWidth, width)
		if err != nil {
			return nil, 0, err
		}
		total += bytes
		for _, entry := range found {
			stored, err := tlog.StoredHashesForRecordHash(index, tlog.RecordHash(entry), hashes)
			if err != nil {
				return nil, 0, err
			}
			hashes = append(hashes, stored...)
			index++
		}
	}
	return hashes, total, nil
}

// tilesOf lists the tiles of a tree: the full ones of each level, and the partial one.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level, count := 0, size; count > 0; level, count = level+1, count/tileWidth {
		for n := int64(0); n < count/tileWidth; n++ {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth})
		}
		if partial := int(count % tileWidth); partial > 0 {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: count / tileWidth, W: partial})
		}
	}
	return tiles
}

// compare compares every hash tile of the tree with the hashes.
func compare(dir string, size int64, hashes memory) (int, error) {
	tiles := tilesOf(size)
	for _, tile := range tiles {
		computed, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return 0, err
		}
		stored, name, err := read(dir, forms(tile)...)
		if err != nil {
			return 0, err
		}
		if len(stored) < len(computed) {
			return 0, fmt.Errorf("%s has %d bytes, expected %d", name, len(stored), len(computed))
		}
		for at := 0; at < len(computed); at += tlog.HashSize {
			if bytes.Equal(computed[at:at+tlog.HashSize], stored[at:at+tlog.HashSize]) {
				continue
			}
			first := (tile.N*tileWidth + int64(at/tlog.HashSize)) << (tileHeight * tile.L)
			return 0, fmt.Errorf("%s disagrees with the entries from number %d on", name, first)
		}
		if name == path(tile) && len(stored) != len(computed) {
			return 0, fmt.Errorf("%s has %d bytes, expected %d", name, len(stored), len(computed))
		}
	}
	return len(tiles), nil
}

func check(dir string, key string) error {
	if text, err := os.ReadFile(key); err == nil {
		key = strings.TrimSpace(string(text))
	}
	key, changes, err := follow(dir, key)
	if err != nil {
		return err
	}
	tree, origin, err := signed(dir, "checkpoint", key)
	if err != nil {
		return err
	}
	fmt.Printf("signature  good, of %s over %d entries\n", origin, tree.N)
	hashes, total, err := recompute(dir, tree.N)
	if err != nil {
		return err
	}
	fmt.Printf("entries    %d hashed again, from %d bytes\n", tree.N, total)
	compared, err := compare(dir, tree.N, hashes)
	if err != nil {
		return err
	}
	fmt.Printf("tiles      %d compared\n", compared)
	for _, change := range changes {
		if change.N > tree.N {
			return fmt.Errorf("rotations/%d is beyond the %d entries", change.N, tree.N)
		}
		root, err := tlog.TreeHash(change.N, hashes)
		if err != nil {
			return err
		}
		if root != change.Hash {
			return fmt.Errorf("rotations/%d: both keys signed other entries", change.N)
		}
	}
	if len(changes) > 0 {
		fmt.Printf("rotations  %d, each signed by both keys\n", len(changes))
	}
	root := tlog.Hash(sha256.Sum256(nil)) // of the empty tree, for which the library has zeros
	if tree.N > 0 {
		if root, err = tlog.TreeHash(tree.N, hashes); err != nil {
			return err
		}
	}
	if root != tree.Hash {
		return fmt.Errorf("the entries have the root %v, signed is %v", root, tree.Hash)
	}
	fmt.Printf("root       %v\n", tree.Hash)
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: stranger DIR VKEY")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Printf("NOT VERIFIED: %v\n", err)
		os.Exit(1)
	}
	fmt.Println("VERIFIED")
}

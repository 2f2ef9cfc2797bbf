/**
 * Files into tables.
 *
 * <p>Reads: source files. Writes: a table and its dead letters. Guarantees: each file once, rows in
 * = rows kept + dead letters. Next: features.
 */
@NullMarked
package dev.headwater.ingest;

import org.jspecify.annotations.NullMarked;

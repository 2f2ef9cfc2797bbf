/**
 * Source files that are not Parquet, as batches of columns: CSV, JSON, Avro, ORC. Rows that can't
 * be decoded come out beside the good ones, none is left out.
 */
@NullMarked
package dev.headwater.files;

import org.jspecify.annotations.NullMarked;

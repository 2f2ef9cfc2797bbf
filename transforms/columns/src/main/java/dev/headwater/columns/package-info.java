/**
 * Columns that travel: {@link dev.headwater.columns.RowBatch}, the immutable batch of typed
 * columns, its columns and its bytes. Types are Iceberg's. No Beam, no files.
 */
@NullMarked
package dev.headwater.columns;

import org.jspecify.annotations.NullMarked;

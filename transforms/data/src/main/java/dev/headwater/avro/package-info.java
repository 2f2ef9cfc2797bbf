/**
 * Avro as columns: types, values of one writer's schema read into columns of a table's types, and
 * container files.
 */
@NullMarked
package dev.headwater.avro;

import org.jspecify.annotations.NullMarked;

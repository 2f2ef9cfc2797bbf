/**
 * SQL scalar expressions over columns: parsed by a library, checked against a schema, evaluated a
 * column at a time.
 */
@NullMarked
package dev.headwater.columns.expr;

import org.jspecify.annotations.NullMarked;

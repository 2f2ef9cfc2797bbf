/**
 * Names for durable things, and the catalog behind them. Iceberg and JDBC; no Beam, no DJL, no
 * columns.
 */
@NullMarked
package dev.headwater.catalog;

import org.jspecify.annotations.NullMarked;

/**
 * Run facts to OpenLineage events, the outbox's sender, trace and impact, over two ports of its
 * own. No Beam, no Iceberg.
 */
@NullMarked
package dev.headwater.lineage;

import org.jspecify.annotations.NullMarked;

/**
 * What a project remembers: runs, models, aliases, the journal of lineage events. A JDBC database.
 */
@NullMarked
package dev.headwater.catalog.registry;

import org.jspecify.annotations.NullMarked;

/**
 * Our transforms by name, as Beam's YAML, its Python SDK and its expansion services find them:
 * {@code SchemaTransformProvider}s, registered as services.
 *
 * <p>Reads: configurations, rows. Writes: what the transforms write. Guarantees: theirs. Next: the
 * documentation of each is its configuration's schema.
 */
@NullMarked
package dev.headwater.provider;

import org.jspecify.annotations.NullMarked;

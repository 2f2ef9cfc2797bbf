@NullMarked
package dev.headwater.avro;

import org.jspecify.annotations.NullMarked;

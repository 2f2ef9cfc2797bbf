/** A Kafka broker in a process of its own, for tests, measurements and trying things out. */
@NullMarked
package dev.headwater.broker;

import org.jspecify.annotations.NullMarked;

/** Other people's clients of tables, each in a process of its own, to compare with. */
@NullMarked
package dev.headwater.clients;

import org.jspecify.annotations.NullMarked;

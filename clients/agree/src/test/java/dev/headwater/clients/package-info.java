/** We and other people's clients, over the same tables: all say the same values. */
@NullMarked
package dev.headwater.clients;

import org.jspecify.annotations.NullMarked;

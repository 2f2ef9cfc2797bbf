/** A user's own classes: found by name, with what their code and their settings are. */
@NullMarked
package dev.headwater.user;

import org.jspecify.annotations.NullMarked;

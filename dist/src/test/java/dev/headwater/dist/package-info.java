/** The command as its users install it, and Headwater as their builds depend on it. */
@org.jspecify.annotations.NullMarked
package dev.headwater.dist;

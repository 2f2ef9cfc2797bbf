/** Tests of users' pipelines in JUnit. */
@org.jspecify.annotations.NullMarked
package dev.headwater.junit;

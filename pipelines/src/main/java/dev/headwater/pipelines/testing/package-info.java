/** Tests of users' pipelines: rows given, the project's own stages run on them, rows compared. */
@org.jspecify.annotations.NullMarked
package dev.headwater.pipelines.testing;

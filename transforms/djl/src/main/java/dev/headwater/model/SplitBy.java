package dev.headwater.model;

import java.io.Serializable;

/**
 * How rows are split: those before {@code trainUntil} train, those from there to before {@code
 * holdoutUntil} validate, later ones and those without a value are not used.
 *
 * @param column a date or timestamp column of the joined rows
 * @param trainUntil {@code yyyy-mm-dd}, or with a time {@code yyyy-mm-ddThh:mm:ss}
 * @param holdoutUntil likewise, later
 */
public record SplitBy(String column, String trainUntil, String holdoutUntil)
    implements Serializable {}

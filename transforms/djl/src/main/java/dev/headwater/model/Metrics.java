package dev.headwater.model;

import java.io.Serializable;

/**
 * How good scores are: exact, whatever the order of the rows.
 *
 * @param rows with a label
 * @param auc area under the ROC curve, ties counted half; NaN if there is one class only
 * @param logLoss mean, natural logarithm
 * @param baseRate share of rows whose label is true
 */
public record Metrics(long rows, double auc, double logLoss, double baseRate)
    implements Serializable {}

package io.devicemgr.testkit.apiserver.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.math.BigDecimal;

/** Numbers as the real server keeps them: 2.0 and 1e1 are whole, and are written as 2 and 10. */
final class GoNumbers extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    /** Up to here every whole number has a floating point number of its own. */
    private static final double EXACT = 0x1p53 - 1;

    @Override
    public NumericNode numberNode(double value) {
        if (value % 1 != 0 || Math.abs(value) > EXACT) {
            return super.numberNode(value);
        }
        return Math.abs(value) <= Integer.MAX_VALUE ? numberNode((int) value) : numberNode((long) value);
    }

    @Override
    public ValueNode numberNode(BigDecimal value) {
        return numberNode(value.doubleValue());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.millrace.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that somebody who mistyped has meant. */
final class NearestName {
    private NearestName() {}

    /** The nearest name, where one is near: at most one change for every three letters, or a beginning of it. */
    static Optional<String> of(String typed, Collection<String> names) {
        return names.stream()
                .filter(name -> name.length() > 2)
                .filter(name -> isNear(typed, name))
                .min(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static boolean isNear(String typed, String name) {
        boolean beginning = typed.length() > 2 && name.startsWith(typed);
        return beginning
                || distance(typed, name) <= Math.max(1, name.replace("-", "").length() / 3);
    }

    /** Changes that lead from one to the other: a letter more, less or different, or two exchanged (Damerau). */
    private static int distance(String a, String b) {
        int[][] table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                table[i][j] = i == 0 || j == 0 ? i + j : cell(table, a, b, i, j);
            }
        }
        return table[a.length()][b.length()];
    }

    private static int cell(int[][] table, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1), table[i - 1][j - 1] + change);
        boolean exchanged = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return exchanged ? Math.min(least, table[i - 2][j - 2] + 1) : least;
    }
}

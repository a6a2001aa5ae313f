package io.moldau.chaos.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/// The strongly connected parts of a graph that have more than one node, in linear time and without
/// recursion.
///
/// Source: Tarjan, "Depth-first search and linear graph algorithms" (1972).
final class Circles {
    private static final int UNSEEN = -1;

    private final List<List<Integer>> edges;
    private final int[] order;
    private final int[] lowest;
    private final int[] nextEdge;
    private final boolean[] onStack;
    private final Deque<Integer> stack = new ArrayDeque<>();
    private final Deque<Integer> path = new ArrayDeque<>();
    private final List<List<Integer>> circles = new ArrayList<>();
    private int seen;

    /// @param edges for each node, those it leads to
    Circles(List<List<Integer>> edges) {
        this.edges = edges;
        order = new int[edges.size()];
        Arrays.fill(order, UNSEEN);
        lowest = new int[edges.size()];
        nextEdge = new int[edges.size()];
        onStack = new boolean[edges.size()];
    }

    /// Each circle's nodes, the smaller first.
    List<List<Integer>> find() {
        for (int node = 0; node < edges.size(); node++) {
            if (order[node] == UNSEEN) {
                visit(node);
            }
        }
        return circles;
    }

    private void visit(int root) {
        enter(root);
        while (!path.isEmpty()) {
            int node = path.peek();
            if (nextEdge[node] < edges.get(node).size()) {
                follow(node, edges.get(node).get(nextEdge[node]++));
            } else {
                leave(node);
            }
        }
    }

    private void enter(int node) {
        order[node] = seen;
        lowest[node] = seen++;
        stack.push(node);
        onStack[node] = true;
        path.push(node);
    }

    private void follow(int node, int next) {
        if (order[next] == UNSEEN) {
            enter(next);
        } else if (onStack[next]) {
            lowest[node] = Math.min(lowest[node], order[next]);
        }
    }

    private void leave(int node) {
        path.pop();
        if (!path.isEmpty()) {
            int parent = path.peek();
            lowest[parent] = Math.min(lowest[parent], lowest[node]);
        }
        if (lowest[node] != order[node]) {
            return;
        }
        var part = new ArrayList<Integer>();
        int member;
        do {
            member = stack.pop();
            onStack[member] = false;
            part.add(member);
        } while (member != node);
        if (part.size() > 1) {
            Collections.sort(part);
            circles.add(part);
        }
    }
}

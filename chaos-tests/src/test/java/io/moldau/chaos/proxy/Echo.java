package io.moldau.chaos.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// Stands for a node: says everything back that it hears, and greets everyone with one byte.
final class Echo implements AutoCloseable {
    static final int GREETING = '!';

    private static final int PORTS_FROM = 23_000;
    private static final int PORTS_TO = 32_000;

    private final ServerSocket listening;
    private final Set<Socket> guests = ConcurrentHashMap.newKeySet();
    private final AtomicLong heard = new AtomicLong();
    private final Thread acceptor = Thread.ofPlatform().daemon().unstarted(this::accept);

    private Echo(ServerSocket listening) {
        this.listening = listening;
    }

    static Echo on(int port) {
        try {
            var socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            var echo = new Echo(socket);
            echo.acceptor.start();
            return echo;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// On a port that is free at every address.
    static Echo anywhere() {
        return on(freePort());
    }

    /// Not of those that the system gives away by itself: somebody might get it meanwhile.
    static int freePort() {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(PORTS_FROM, PORTS_TO))
                .filter(Echo::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    long heardBytes() {
        return heard.get();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var guest = listening.accept();
                guests.add(guest);
                Thread.ofVirtual().start(() -> answer(guest));
            } catch (IOException closed) {
                guests.removeIf(Socket::isClosed);
            }
        }
    }

    private void answer(Socket guest) {
        try (guest) {
            var out = guest.getOutputStream();
            out.write(GREETING);
            var buffer = new byte[64 * 1024];
            var in = guest.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                heard.addAndGet(count);
                out.write(buffer, 0, count);
            }
        } catch (IOException gone) {
            guests.remove(guest);
        }
    }

    /// As when a process dies: first nobody listens, then its connections end.
    @Override
    public void close() {
        try {
            listening.close();
            acceptor.join();
            for (var guest : guests) {
                guest.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

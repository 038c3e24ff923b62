import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { beat, BEAT_MS } from '../../../src/protocol/heartbeat.ts';
import { ManualClock } from '../../support/manualClock.ts';

class Socket extends EventEmitter {
  pings = 0;
  ended = 0;

  ping(): void {
    this.pings++;
  }

  terminate(): void {
    this.ended++;
  }
}

test('a connection on which nothing comes is pinged, and ended when two pings in a row stay unanswered', () => {
  const [socket, clock] = [new Socket(), new ManualClock()];
  beat(socket, clock);
  clock.advance(2 * BEAT_MS);
  assert.deepEqual([socket.pings, socket.ended], [2, 0]);
  clock.advance(BEAT_MS);
  assert.deepEqual([socket.pings, socket.ended], [2, 1]);
  assert.equal(clock.waiting, 0);
});

test('whatever is heard keeps a connection alive, and its close ends the beat', () => {
  const [socket, clock] = [new Socket(), new ManualClock()];
  beat(socket, clock);
  for (const sign of ['pong', 'ping', 'message', 'pong', 'pong', 'pong']) {
    clock.advance(BEAT_MS);
    socket.emit(sign);
  }
  assert.deepEqual([socket.pings, socket.ended], [6, 0]);
  socket.emit('close');
  assert.equal(clock.waiting, 0);
});

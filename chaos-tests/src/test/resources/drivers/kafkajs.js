// The program for kafkajs. Its commands: package io.moldau.chaos.clients.
'use strict'

const readline = require('readline')
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = require('kafkajs')

const FILLER = '|' + 'the quick brown fox jumps over the lazy dog, '.repeat(3)
const TYPES = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

// kafkajs itself brings gzip alone; the others are plugged in, as its manual says.
plugIn(CompressionTypes.Snappy, () => require('kafkajs-snappy'))
plugIn(CompressionTypes.LZ4, () => {
  const lz4 = require('lz4-napi')
  return () => ({ compress: e => lz4.compressFrame(e.buffer), decompress: b => lz4.decompressFrame(b) })
})
plugIn(CompressionTypes.ZSTD, () => {
  const zstd = require('@mongodb-js/zstd')
  return () => ({ compress: e => zstd.compress(e.buffer), decompress: b => zstd.decompress(b) })
})

function plugIn(type, codec) {
  try {
    CompressionCodecs[type] = codec()
  } catch (e) {
    process.stderr.write(`no codec: ${e.message}\n`)
  }
}

function tell(event, ...fields) {
  process.stdout.write([event, Date.now(), ...fields].join('\t') + '\n')
}

const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.WARN })
let consumer
let assigned = ''

async function produce(topic, codec, from, count) {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  try {
    for (let start = from; start < from + count; start += 1000) {
      const messages = []
      for (let i = start; i < Math.min(start + 1000, from + count); i++) {
        messages.push({ key: `k${i % 100}`, value: `${i}${FILLER}` })
      }
      await producer.send({ topic, messages, compression: TYPES[codec], acks: -1 })
    }
    tell('produced', count)
  } catch (e) {
    tell(/not implemented/i.test(e.message) ? 'cannot' : 'failed', e.message)
  } finally {
    await producer.disconnect()
  }
}

async function join(groupId, topics) {
  consumer = kafka.consumer({ groupId, heartbeatInterval: 300, sessionTimeout: 30000, maxWaitTimeInMs: 200 })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const names = Object.entries(payload.memberAssignment).flatMap(([t, ps]) => ps.map(p => `${t}-${p}`))
    assigned = names.sort().join(',')
    tell('assigned', assigned)
  })
  consumer.on(consumer.events.REBALANCING, () => tell('revoked', assigned))
  consumer.on(consumer.events.CRASH, ({ payload }) => tell('failed', payload.error.message))
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning, isStale }) => {
      if (!isRunning() || isStale()) return
      for (const m of batch.messages) {
        tell('record', batch.topic, batch.partition, m.offset, m.key, m.value.toString().split('|')[0])
        resolveOffset(m.offset)
      }
      const offset = (BigInt(batch.lastOffset()) + 1n).toString()
      await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }])
      tell('committed', batch.topic, batch.partition, offset)
      await heartbeat()
    },
  })
}

async function obey(words) {
  try {
    if (words[0] === 'produce') await produce(words[1], words[2], Number(words[3]), Number(words[4]))
    else if (words[0] === 'join') await join(words[1], words[2].split(','))
    else if (words[0] === 'leave') {
      await consumer.disconnect()
      tell('left')
    }
  } catch (e) {
    tell('failed', e.message)
  }
}

;(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) await obey(line.split(' '))
  process.exit(0)
})()

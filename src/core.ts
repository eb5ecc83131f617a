/**
 * The browser-safe entry, `sctpkit/core`: the stack without I/O, the codec, the tracing tools.
 * Owns: which names are public there.
 */
export { Association } from "./association/association.ts";
export type { AssociationEvent } from "./association/association-event.ts";
export type { AbandonedCounts } from "./association/extensions/partial-reliability.ts";
export type { AddedStreamCounts, ResetDirection } from "./association/extensions/stream-reconfiguration.ts";
export type {
  AddressChange,
  AddressChangeOutcome,
  CloseReason,
  PathNewsName,
  PathStateName,
  UnsentMessage,
} from "./association/model/events.ts";
export type { ReceivedMessage } from "./association/model/received-message.ts";
export type { Reliability, ReliabilityPolicy } from "./association/model/reliability.ts";
export type { SendInfo } from "./association/model/send-info.ts";
export type { AssociationState } from "./association/model/state.ts";
export type { StreamShare } from "./association/model/stream-share.ts";
export type {
  AssociationInspection,
  HeldMessage,
  InboundQueue,
  OutboundQueue,
  OutstandingChunk,
} from "./association/reporting/inspection.ts";
export type { AssociationStats, AssociationStatus, PathInfo } from "./association/reporting/status.ts";
export type { RunningTimer } from "./association/reporting/timer-watch.ts";
export type {
  AuthenticationInput,
  AuthenticationOption,
  AuthenticationTerms,
  HmacName,
} from "./base/authentication.ts";
export type {
  AckEvent,
  CongestionController,
  CongestionControllerFactory,
  CongestionControlName,
  CongestionInit,
  LossEvent,
} from "./base/congestion-control.ts";
export type { DynamicAddressesInput, DynamicAddressesOption } from "./base/dynamic-addresses.ts";
export { SctpError, SctpErrorCode } from "./base/errors.ts";
export {
  ASSOCIATION_OPTIONS,
  type AssociationOptions,
  type AssociationOptionsInput,
  STACK_OPTIONS,
  type StackOptions,
  type StackOptionsInput,
} from "./base/options.ts";
export type { PresetName } from "./base/presets.ts";
export type { StreamSchedulerName } from "./base/stream-schedulers.ts";
export type {
  DropReason,
  MessageStep,
  TimerName,
  TraceDetail,
  TraceDirection,
  TraceEvent,
  TraceFact,
  TraceSink,
} from "./base/trace-sink.ts";
export type { Cause } from "./chunks/causes.ts";
export type { Chunk } from "./chunks/chunk.ts";
export {
  CauseCode,
  ChunkType,
  causeCodeName,
  chunkTypeName,
  ParameterType,
  parameterTypeName,
} from "./chunks/codes.ts";
export { crc32c } from "./chunks/crc32c.ts";
export { ParseError, type ParseErrorCode } from "./chunks/errors.ts";
export { decodePacket, encodePacket, type Packet, type PacketFields } from "./chunks/packet.ts";
export type { Parameter } from "./chunks/parameters.ts";
export { PacketSlab, SLAB_BYTES } from "./chunks/slab.ts";
export { canonicalAddress, type TransportAddress } from "./platform/address.ts";
export type { HmacKey, HmacProvider } from "./platform/hmac.ts";
export type { Platform } from "./platform/platform.ts";
export { PortableHmac } from "./platform/portable-hmac.ts";
export { type RandomSource, SeededRandom } from "./platform/random.ts";
export { AssociationView } from "./socket/association-view.ts";
export type { GetOption } from "./socket/options/get-option.ts";
export {
  type GetArguments,
  type OptionInput,
  type OptionName,
  type OptionQuery,
  type OptionValue,
  type ReadableOption,
  SOCKET_OPTIONS,
  type WritableOption,
} from "./socket/options/options-table.ts";
export type { SetOption } from "./socket/options/set-option.ts";
export type {
  Received,
  ReceivedData,
  ReceivedNotification,
  ReceiveOptions,
  Recvv,
  RecvvInfo,
} from "./socket/receive.ts";
export type { SendAllResult } from "./socket/send.ts";
export { type BindxFlag, SctpSocket, type ShutdownHow } from "./socket/socket.ts";
export { SocketLayer, type SocketLayerOptions } from "./socket/socket-layer.ts";
export { type StackDriver, StackHost } from "./socket/stack-host.ts";
export type { Acceptor, AssociationUser, SocketHost } from "./socket/state/host.ts";
export type { SocketDomain, SocketStyle } from "./socket/state/socket-core.ts";
export {
  type AssociationTarget,
  type AuthInfo,
  type ExtRcvInfo,
  type InitInfo,
  type NxtInfo,
  type PrInfo,
  type PrPolicy,
  type RcvInfo,
  type ReceiveAncillary,
  type ReceiveFlag,
  SCTP_ALL_ASSOC,
  SCTP_CURRENT_ASSOC,
  SCTP_FUTURE_ASSOC,
  type SendAncillary,
  type SendFlag,
  type SendMessage,
  type SendvInfo,
  type SndInfo,
  type SndRcvInfo,
  type SndRcvSendInfo,
  type SocketAddress,
} from "./socket/terms/ancillary.ts";
export { ERRNO, type Errno, isErrno } from "./socket/terms/errno.ts";
export type * from "./socket/terms/notifications.ts";
export { NOTIFICATIONS } from "./socket/terms/notifications.ts";
export { Stack, type StackConfig } from "./stack/stack.ts";
export type { SctpStats } from "./stack/stack-stats.ts";
export type { ConnectOptions, ListenOptions, LowerLayer, PacketLimits, Transmit } from "./stack/types.ts";
export { CaptureError, type CaptureErrorCode, type CaptureFrame } from "./trace/captures/capture-frame.ts";
export { type CaptureDrawing, captureLadder } from "./trace/captures/capture-ladder.ts";
export { CaptureExplainer, type CaptureExplainerOptions } from "./trace/captures/explain-capture.ts";
export {
  type CapturedFragment,
  type CapturedPacket,
  type CaptureEntry,
  type OtherFrame,
  type ReadCaptureOptions,
  readCapture,
} from "./trace/captures/read-capture.ts";
export {
  Ladder,
  type LadderArrow,
  type LadderNote,
  type LadderPacket,
  type LadderRole,
  type LadderSending,
  type LadderWindow,
} from "./trace/drawings/ladder.ts";
export { type LadderSvgOptions, ladderSvg } from "./trace/drawings/ladder-svg.ts";
export { type LadderTextOptions, ladderText } from "./trace/drawings/ladder-text.ts";
export { LadderTrace, type LadderTraceOptions } from "./trace/drawings/ladder-trace.ts";
export {
  PathHistory,
  type PathSeries,
  type RoundTripSample,
  type WindowSample,
} from "./trace/drawings/path-history.ts";
export { type PathPlotOptions, type PlottedPath, pathPlotSvg } from "./trace/drawings/path-plot.ts";
export {
  type DiagramRole,
  SequenceDiagram,
  type SequenceDiagramOptions,
} from "./trace/drawings/sequence-diagram.ts";
export { EventLog } from "./trace/event-log.ts";
export { explainPacket } from "./trace/explain.ts";
export { fanOut } from "./trace/fan-out.ts";
export type { PacketField } from "./trace/fields/packet-field.ts";
export { packetFieldLines, packetFields } from "./trace/fields/packet-fields.ts";
export { PcapngSink, type PcapngSinkOptions, PcapngWriter } from "./trace/pcapng.ts";
export { type QlogOptions, QlogSink } from "./trace/qlog.ts";

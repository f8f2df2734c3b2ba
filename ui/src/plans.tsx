// Drift and plans, and one of them line by line, in the words of the task's log.
import { Badge, Box, Button, Code, Flex, Heading, Input, Text } from "@chakra-ui/react";
import { useEffect, useRef, useState } from "react";
import { pathOf, useAsked, type Note, type Overview, type Plan } from "./api";
import { Legend, StackedBar } from "./charts";
import { NoteRow, RunLink, TITLES } from "./notes";
import { Failed, Loading, Message, Section } from "./states";
import { ago, count, fullTime } from "./words";

const TONES: Record<string, string> = { "+": "green.fg", "~": "blue.fg", "-": "red.fg", "!": "orange.fg" };
const STEP = 500;

export function Plans({ data, onPlan }: { data: Overview; onPlan: (note: Note) => void }) {
  const kinds = (["drift", "plan"] as const).filter((kind) => data.notes[kind].length > 0);
  if (kinds.length === 0) {
    return (
      <Message title="No drift check and no plan yet">
        <Text>
          Tasks <Code>AAMDriftOperator</Code> and <Code>AAMPlanOperator</Code> show here what they found, in the words in
          which a plan is approved.
        </Text>
      </Message>
    );
  }
  return kinds.map((kind) => (
    <Section key={kind} title={TITLES[kind]}>
      {data.notes[kind].map((note) => (
        <NoteRow key={note.id} note={note} onPlan={onPlan} />
      ))}
    </Section>
  ));
}

export function PlanView({ connection, id, onClose }: { connection: string; id: string; onClose: () => void }) {
  const { data, failure } = useAsked<Plan>(pathOf(connection, `/plans/${encodeURIComponent(id)}`));
  const heading = useRef<HTMLHeadingElement>(null);
  const there = data !== null;
  useEffect(() => heading.current?.focus(), [there]);
  return (
    <Box>
      <Button size="sm" variant="ghost" mb="4" onClick={onClose}>
        ← All drift checks and plans
      </Button>
      {data ? <Lines plan={data} heading={heading} /> : failure ? <Failed failure={failure} /> : <Loading />}
    </Box>
  );
}

function Lines({ plan, heading }: { plan: Plan; heading: React.RefObject<HTMLHeadingElement | null> }) {
  const [search, setSearch] = useState("");
  const [most, setMost] = useState(STEP);
  const [head, ...all] = plan.lines;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((line) => words.every((word) => line.toLowerCase().includes(word)));
  const { note } = plan;
  return (
    <>
      <Heading size="md" mb="1" tabIndex={-1} ref={heading} outline="none">
        {note.kind === "drift" ? "Drift" : "Plan"}: {note.headline}
      </Heading>
      <Text color="fg.muted" fontSize="sm" mb="1" wordBreak="break-word">
        {head}
      </Text>
      <Text color="fg.muted" fontSize="sm" mb="3" wordBreak="break-word" title={fullTime(note.at)}>
        <RunLink note={note} /> · {ago(note.at)} · sha256 <Code fontSize="xs" title={plan.sha256}>{plan.sha256.slice(0, 12)}</Code>
      </Text>
      {note.applied && (
        <Text mb="3" title={fullTime(note.applied.at)}>
          <Badge colorPalette={note.applied.failed ? "red" : "green"}>{note.applied.failed ? "Apply failed" : "Applied"}</Badge>{" "}
          {ago(note.applied.at)}: {note.applied.headline} · <RunLink note={note.applied} />
        </Text>
      )}
      <Box maxW="40rem" mb="4">
        <StackedBar parts={note.parts} />
        <Box mt="1.5"><Legend parts={note.parts} /></Box>
      </Box>
      <Flex gap="2" wrap="wrap" mb="4">
        {Object.entries(plan.counts_by_kind).map(([kind, counts]) => (
          <Badge key={kind} variant="outline">
            {kind} {["create", "update", "delete"].map((action, at) => (counts[action] ? `${"+~−"[at]}${count(counts[action])}` : "")).filter(Boolean).join(" ")}
          </Badge>
        ))}
      </Flex>
      {all.length > 10 && (
        <Input type="search" maxW="24rem" mb="3" placeholder={`Search ${count(all.length)} lines`} aria-label="Search the plan" value={search}
          onChange={(event) => setSearch(event.target.value)} />
      )}
      <Box as="ul" listStyleType="none" borderWidth="1px" borderRadius="lg" fontFamily="mono" fontSize="sm" overflowX="auto" aria-label="Changes">
        {found.slice(0, most).map((line, at) => (
          <Flex as="li" key={at} px="3" py="1.5" gap="3" borderTopWidth={at ? "1px" : "0"}>
            <Text as="span" color={TONES[line[0]] ?? "fg.muted"} fontWeight="bold" flexShrink="0">{line[0]}</Text>
            <Text as="span" whiteSpace="pre-wrap" wordBreak="break-word">{line.slice(2)}</Text>
          </Flex>
        ))}
        {found.length === 0 && <Text px="3" py="2" color="fg.muted">{all.length ? "No line has all of these words." : "No changes: AAM already matches."}</Text>}
      </Box>
      {found.length > most && (
        <Button size="sm" variant="outline" mt="3" onClick={() => setMost(most + STEP)}>
          Show {count(Math.min(STEP, found.length - most))} more of {count(found.length - most)}
        </Button>
      )}
    </>
  );
}

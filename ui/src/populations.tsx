// Segments or traits: searched, sorted and paged by the server.
import { Box, Button, Flex, Input, NativeSelect, Table, Text } from "@chakra-ui/react";
import { useEffect, useState, type ReactNode } from "react";
import { pathOf, useAsked, type ListDates, type Resource, type Row, type Rows } from "./api";
import { Sparkline } from "./charts";
import { Failed, Loading, Message, NothingYet } from "./states";
import { ago, capital, count, fullTime, PERIODS, periodName, plain, shortDay, signed, signedPercent } from "./words";

const PAGE = 25;
const TYPING_MS = 200;
const MOST_TYPED = 200;

type Sort = "name" | "id" | "population" | "change";
type Order = { sort: Sort; descending: boolean };
const SORTS: Sort[] = ["name", "id", "population", "change"];
const FIRST = { search: "", period: "30", sort: "-population" };
const NAMES = Object.keys(FIRST) as (keyof typeof FIRST)[];
// What is asked of a list, as it is in the address; what is as at first is left out.
export type Wanted = Partial<typeof FIRST>;

export function Populations({ connection, resource, dates, params, onWant }: {
  connection: string;
  resource: Resource;
  dates: ListDates;
  params: URLSearchParams;
  onWant: (wanted: Wanted) => void;
}) {
  const wanted = { ...FIRST };
  for (const name of NAMES) wanted[name] = params.get(name) ?? FIRST[name];
  const { search } = wanted;
  const period = PERIODS.includes(Number(wanted.period)) ? Number(wanted.period) : Number(FIRST.period);
  const sortedBy = SORTS.find((each) => each === wanted.sort.replace(/^-/, ""));
  const order: Order = { sort: sortedBy ?? "population", descending: wanted.sort.startsWith("-") || !sortedBy };
  const [typed, setTyped] = useState(search);
  const [offset, setOffset] = useState(0);
  const want = (to: Wanted) => {
    const all = { ...wanted, ...to };
    onWant(Object.fromEntries(NAMES.filter((name) => all[name] !== FIRST[name]).map((name) => [name, all[name]])));
    setOffset(0);
  };
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => want({ search: typed.trim() }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, params]);
  const query = new URLSearchParams({
    search,
    sort: order.sort,
    descending: String(order.descending),
    period: String(period),
    offset: String(offset),
    limit: String(PAGE),
  });
  const { data, failure, loading } = useAsked<Rows>(dates && pathOf(connection, `/populations/${resource}?${query}`));
  if (!dates) return <NothingYet what={`${capital(resource)} have`} connection={connection} />;
  const sort = (by: Sort) => {
    const descending = order.sort === by ? !order.descending : by !== "name" && by !== "id";
    want({ sort: `${descending ? "-" : ""}${by}` });
  };
  return (
    <>
      <Flex gap="3" mb="4" wrap="wrap" align="center">
        <Input
          type="search"
          maxLength={MOST_TYPED}
          maxW="24rem"
          placeholder={`Search ${resource} by name, code or id`}
          aria-label={`Search ${resource}`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <NativeSelect.Root w="auto">
          <NativeSelect.Field
            aria-label="Period of the population"
            value={String(period)}
            onChange={(event) => want({ period: event.target.value })}
          >
            {PERIODS.map((days) => (
              <option key={days} value={days}>
                {periodName(days)}
              </option>
            ))}
          </NativeSelect.Field>
          <NativeSelect.Indicator />
        </NativeSelect.Root>
        <Text color="fg.muted" fontSize="sm" title={fullTime(dates.at)}>
          Read {ago(dates.at)}
          {dates.before ? `, changes since ${shortDay(dates.before)}` : ""}
        </Text>
      </Flex>
      {!data ? (
        failure ? <Failed failure={failure} /> : <Loading />
      ) : data.total === 0 ? (
        <Message title="Nothing found">
          <Text>
            {search ? `None of the ${resource} has all of these words in its name, integration code or id.` : `The account has no ${resource}.`}
          </Text>
        </Message>
      ) : (
        <Box aria-busy={loading}>
          <PopulationTable rows={data.rows} period={period} before={dates.before} order={order} onSort={sort} caption={`Population of ${resource}`} />
          <Pager offset={offset} total={data.total} onMove={setOffset} />
        </Box>
      )}
    </>
  );
}

const status = (row: Row) => (row.status && row.status !== "ACTIVE" ? plain(row.status).toLowerCase() : "");

export function PopulationTable({ rows, period, before, order, onSort, caption }: {
  rows: Row[];
  period: number;
  before: string | null;
  order?: Order;
  onSort?: (by: Sort) => void;
  caption: string;
}) {
  const at = PERIODS.indexOf(period);
  const head = { order, onSort };
  return (
    <Table.ScrollArea borderWidth="1px" borderRadius="lg">
      <Table.Root size="sm" aria-label={caption}>
        <Table.Header>
          <Table.Row>
            <Head by="name" {...head}>Name</Head>
            <Head by="population" end {...head}>
              <Box as="span" hideBelow="md">Population,</Box> {periodName(period)}
            </Head>
            {before && <Head by="change" end {...head}>{`Since ${shortDay(before)}`}</Head>}
            <Head>Over 1 to 90 days</Head>
            <Head>Data source</Head>
            <Head by="id" {...head}>Id</Head>
          </Table.Row>
        </Table.Header>
        <Table.Body>
          {rows.map((row) => (
            <Table.Row key={row.id}>
              <Table.Cell maxW={{ base: "10rem", md: "28rem" }}>
                <Text truncate title={row.name} color={row.status === "INACTIVE" ? "fg.muted" : undefined}>
                  {row.name.trim() ? <bdi>{row.name}</bdi> : "(no name)"}
                </Text>
                <Text truncate fontSize="xs" color="fg.muted" title={row.code ?? undefined}>
                  {row.code && <bdi>{row.code}</bdi>}
                  {row.code && status(row) && " · "}
                  {status(row)}
                </Text>
              </Table.Cell>
              <Table.Cell textAlign="end" fontVariantNumeric="tabular-nums">
                {row.population[at] === null ? "–" : count(row.population[at] as number)}
              </Table.Cell>
              {before && (
                <Table.Cell textAlign="end" fontVariantNumeric="tabular-nums">
                  <Change change={row.change?.[at] ?? null} population={row.population[at]} isNew={row.change === null} />
                </Table.Cell>
              )}
              <Table.Cell><Sparkline values={row.population} period={period} /></Table.Cell>
              <Table.Cell maxW="14rem">
                <Text truncate title={row.source ?? undefined}>{row.source ? <bdi>{row.source}</bdi> : "–"}</Text>
              </Table.Cell>
              <Table.Cell fontVariantNumeric="tabular-nums" color="fg.muted">{row.id}</Table.Cell>
            </Table.Row>
          ))}
        </Table.Body>
      </Table.Root>
    </Table.ScrollArea>
  );
}

function Change({ change, population, isNew }: { change: number | null; population: number | null; isNew: boolean }) {
  if (isNew) return <Text color="fg.muted">new</Text>;
  if (change === null) return <Text color="fg.muted">–</Text>;
  const old = (population ?? 0) - change;
  const tone = change > 0 ? "green.fg" : change < 0 ? "red.fg" : "fg.muted";
  return (
    <>
      <Text color={tone}>{signed(change)}</Text>
      {change !== 0 && old > 0 && (
        <Text fontSize="xs" color="fg.muted">
          {signedPercent(change, old)}
        </Text>
      )}
    </>
  );
}

function Head({ by, end, order, onSort, children }: {
  by?: Sort;
  end?: boolean;
  order?: Order;
  onSort?: (by: Sort) => void;
  children: ReactNode;
}) {
  const sorted = by !== undefined && order?.sort === by;
  const direction = order?.descending ? "descending" : "ascending";
  return (
    <Table.ColumnHeader textAlign={end ? "end" : "start"} aria-sort={sorted ? direction : undefined} whiteSpace="nowrap" fontSize="xs">
      {by && onSort ? (
        <Button variant="ghost" size="xs" mx="-2" fontWeight={sorted ? "bold" : "medium"} onClick={() => onSort(by)}>
          {children}
          <span aria-hidden>{sorted ? (order?.descending ? "↓" : "↑") : ""}</span>
        </Button>
      ) : (
        children
      )}
    </Table.ColumnHeader>
  );
}

function Pager({ offset, total, onMove }: { offset: number; total: number; onMove: (offset: number) => void }) {
  const last = Math.min(offset + PAGE, total);
  return (
    <Flex gap="3" mt="4" align="center" as="nav" aria-label="Pages">
      <Button size="sm" variant="outline" disabled={offset === 0} onClick={() => onMove(Math.max(0, offset - PAGE))}>
        Previous
      </Button>
      <Button size="sm" variant="outline" disabled={last >= total} onClick={() => onMove(offset + PAGE)}>
        Next
      </Button>
      <Text fontSize="sm" color="fg.muted" role="status">
        {count(offset + 1)} to {count(last)} of {count(total)}
      </Text>
    </Flex>
  );
}

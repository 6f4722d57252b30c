#!/usr/bin/perl
# A message centre built on Net::SMPP. It prints "listening <port>", then one line of JSON for each thing that happens.
# The last two digits of the number say what to do; ../README.md has the table. It serves one link at a time.
use strict;
use warnings;
use Net::SMPP;
use Encode ();

my $decimal_receipts = (shift // '') eq 'decimal';
my ($last_id, $throttled, $silent) = (0x3d36a154, 0, 0);
my %asked;    # sequence => what we asked
$| = 1;

sub say_it {
    my %what = @_;
    my @pairs;
    for my $k (sort keys %what) {
        my $v = $what{$k};
        $v =~ s/(["\\])/\\$1/g;
        $v =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
        push @pairs, $v =~ /^\d{1,9}$/ && $k ne 'to' && $k ne 'from' && $k ne 'text' ? "\"$k\":$v" : "\"$k\":\"$v\"";
    }
    print '{', join(',', @pairs), "}\n";
}

sub deliver {
    my ($link, $what, @fields) = @_;
    my $seq = $link->deliver_sm(@fields, async => 1);
    $asked{$seq} = $what;
}

sub receipt {
    my ($link, $pdu, $id, $stat, $state, $err) = @_;
    my $shown = $decimal_receipts ? $id : sprintf '%X', $id;
    deliver($link, 'receipt',
        source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
        destination_addr => $pdu->{source_addr}, esm_class => 0x04,
        short_message => "id:$shown sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:$stat err:$err text:",
        receipted_message_id => "$shown\0", message_state => chr($state), network_error_code => pack('Cn', 3, $err));
}

sub on_submit {
    my ($link, $pdu) = @_;
    my $text = $pdu->{short_message};
    $text = Encode::encode('UTF-8', Encode::decode('UTF-16BE', $text)) if $pdu->{data_coding} == 8;
    my $printable = $pdu->{esm_class} & 0x40 ? '' : $text;
    say_it(event => 'submit', to => $pdu->{destination_addr}, from => $pdu->{source_addr}, text => $printable,
        coding => $pdu->{data_coding}, validity => $pdu->{validity_period});
    my $id = ++$last_id;
    my @answer = (message_id => sprintf('%x', $id), seq => $pdu->{seq});
    my $kind = substr $pdu->{destination_addr}, -2;
    if ($kind eq '02') { $link->submit_sm_resp(message_id => '', status => 0x0b, seq => $pdu->{seq}); return 1 }
    if ($kind eq '03' && $throttled++ < 2) { $link->submit_sm_resp(message_id => '', status => 0x58, seq => $pdu->{seq}); return 1 }
    if ($kind eq '04') { receipt($link, $pdu, $id, 'DELIVRD', 2, '000') }
    if ($kind eq '05') { return ++$silent < 5 }
    $link->submit_sm_resp(@answer);
    if ($kind eq '01') { receipt($link, $pdu, $id, 'DELIVRD', 2, '000') }
    if ($kind eq '07') { receipt($link, $pdu, $id, 'UNDELIV', 5, '069') }
    if ($kind eq '08') {
        deliver($link, 'inbound', source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
            destination_addr => '8080', short_message => 'STOP');
    }
    return 1;
}

sub serve {
    my ($link) = @_;
    while (my $pdu = $link->read_pdu()) {
        my $cmd = $pdu->{cmd};
        if ($cmd == 0x00000009) {
            if ($pdu->{password} ne 'secret') {
                $link->bind_transceiver_resp(system_id => '', status => 0x0e, seq => $pdu->{seq});
                return;
            }
            say_it(event => 'bind', system => $pdu->{system_id}, version => $pdu->{interface_version});
            $link->bind_transceiver_resp(system_id => 'perl', seq => $pdu->{seq});
            my $seq = $link->enquire_link(async => 1);
            $asked{$seq} = 'enquire_link';
        }
        elsif ($cmd == 0x00000004) { on_submit($link, $pdu) or return }
        elsif ($cmd == 0x00000015) { $link->enquire_link_resp(seq => $pdu->{seq}) }
        elsif ($cmd == 0x00000006) { say_it(event => 'unbind'); $link->unbind_resp(seq => $pdu->{seq}); return }
        elsif (my $what = delete $asked{ $pdu->{seq} }) { say_it(event => $what, status => $pdu->{status}) }
    }
}

# LocalPort 0 lets the system choose; the constructor of Net::SMPP takes it like any other port.
my $server = Net::SMPP->new_listen('127.0.0.1', smpp_version => 0x34, interface_version => 0x34, port => 0, timeout => 60)
    or die "cannot listen: $!";
print 'listening ', $server->sockport, "\n";
while (1) {
    my $link = $server->accept or next;
    serve($link);
    close $link;
}

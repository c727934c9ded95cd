#!/usr/bin/env perl
# Records all text that Perl's MIME-tools shows in each mail.
use strict;
use warnings;
use Encode qw(decode find_encoding);
use File::Basename qw(basename dirname);
use File::Spec;
use JSON::PP;
use MIME::Parser;
use MIME::WordDecoder qw(mime_to_perl_string);

my $folder = dirname(dirname(File::Spec->rel2abs(__FILE__)));
my $longest = 100_000;

# What bytes look like under a charset; UTF-8 where there is none that Perl knows.
sub seen {
    my ($bytes, $charset) = @_;
    my $known = $charset && find_encoding($charset);
    my $text = eval { ($known || find_encoding('UTF-8'))->decode($bytes) };
    return defined $text ? substr($text, 0, $longest) : '';
}

sub words {
    my ($value) = @_;
    chomp $value;
    return (seen($value), eval { mime_to_perl_string($value) } // '');
}

sub walk {
    my ($entity, $told) = @_;
    my $head = $entity->head;
    push @{ $told->{subject} }, map { words($_) } $head->get_all('Subject');
    for my $name (qw(From Sender Reply-To To Cc Bcc)) {
        push @{ $told->{people} }, map { words($_) } $head->get_all($name);
    }
    push @{ $told->{names} }, map { defined $_ ? words($_) : () } $head->recommended_filename;
    push @{ $told->{outside} }, map { seen($_) } @{ $entity->preamble // [] }, @{ $entity->epilogue // [] };
    if (my $body = $entity->bodyhandle) {
        my $bytes = $body->as_string;
        my $place = $entity->effective_type eq 'text/html' ? 'html' : 'text';
        push @{ $told->{$place} }, seen($bytes, $head->mime_attr('content-type.charset')), seen($bytes);
    }
    walk($_, $told) for $entity->parts;
}

sub shown {
    my ($path) = @_;
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    $parser->extract_uuencode(1);
    my %told;
    walk($parser->parse_open($path), \%told);
    for my $place (keys %told) {
        my %once;
        my @texts = grep { defined && length && !$once{$_}++ } @{ $told{$place} };
        if (@texts) { $told{$place} = \@texts } else { delete $told{$place} }
    }
    return \%told;
}

my %mails;
for my $path (sort glob "$folder/*.eml") {
    $mails{ basename($path, '.eml') } = eval { local $SIG{__WARN__} = sub { }; shown($path) } // { error => ['died'] };
}
my $record = { parser => 'MIME-tools (Perl)', version => MIME::Tools->VERSION, mails => \%mails };
open my $out, '>', "$folder/recorded/mime-tools.json" or die $!;
print {$out} JSON::PP->new->ascii->canonical->indent->indent_length(1)->space_after->encode($record);
close $out or die $!;
